# SPDX-License-Identifier: Apache-2.0
. "$TOP/tests/lib.sh"
# Every kind of fault in an overlay is reported with file and line, and nothing is written.
small x.mon
fields=offset,length,type,name,unit,semantic,confidence,origin
records=domain,record,dsect,title,kind,length,origin

# fault NAME FILE LINE...: an overlay of one file
fault()
{
    name=$1
    file=$2
    shift 2
    rm -rf overlay
    mkdir -p overlay/layouts
    for line in "$@"; do
        printf '%s\n' "$line"
    done >"overlay/$file"
    echo "# $name"
    run reduce --schema overlay x.mon
    [ -e monreduce.out ] && echo "something was written"
}

layout=layouts/00-01-SYTSYP.csv
good=20,2,u16,SYTSYP_PFXCPUAD,none,key,site,test
fault overlap $layout $fields $good 24,4,u32,SYTSYP_A,count,counter,site,test 26,4,u32,SYTSYP_B,count,counter,site,test
fault "in the header" $layout $fields $good 16,4,u32,SYTSYP_A,count,counter,site,test
fault "beyond the record" $layout $fields $good 114,4,u32,SYTSYP_A,count,counter,site,test
fault "unknown type" $layout $fields $good 24,4,u33,SYTSYP_A,count,counter,site,test
fault "unknown unit" $layout $fields 24,4,u32,SYTSYP_A,furlongs,counter,site,test $good
fault "unknown semantic" $layout $fields $good "# a comment is a line too" 24,4,u32,SYTSYP_A,count,odometer,site,test
fault "unknown confidence" $layout $fields 24,4,u32,SYTSYP_A,count,counter,sure,test
fault "length that the type does not have" $layout $fields 24,3,u32,SYTSYP_A,count,counter,site,test
fault "no number" $layout $fields x24,4,u32,SYTSYP_A,count,counter,site,test
fault "duplicate name" $layout $fields $good 24,4,u32,SYTSYP_A,count,counter,site,test 28,4,u32,SYTSYP_A,count,counter,site,test
fault "no origin" $layout $fields $good 24,4,u32,SYTSYP_A,count,counter,site,
fault "no confidence" $layout $fields 24,4,u32,SYTSYP_A,count,counter,,test
fault "bad CSV" $layout $fields $good '24,4,u32,"SYTSYP_A,count,counter,site,test'
fault "bad quotes" $layout $fields $good '24,4,u32,SYT"SYP_A,count,counter,site,test'
fault "cells missing" $layout $fields $good 24,4,u32,SYTSYP_A
fault "wrong header" $layout offset,length,type,nmae,unit,semantic,confidence,origin $good
fault "column missing" $layout offset,length,type,name,unit,semantic,confidence 20,2,u16,SYTSYP_A,none,key,site
fault "empty file" $layout
fault "group that does not exist" $layout $fields,group $good,nogroup
fault "length field that does not exist" $layout $fields 24,SYTSYP_LEN,char,SYTSYP_A,none,text,site,test
fault "layout without record" layouts/12-01-NOTHERE.csv $fields $good
fault "record out of range" records.csv $records 0,256,SYTXXX,Title,sample,100,test
fault "unknown kind" records.csv $records 0,99,SYTXXX,Title,sometimes,100,test
fault "record twice" records.csv $records 0,99,SYTXXX,Title,sample,100,test 0,99,SYTXXX,Title,sample,100,test
fault "record without origin" records.csv $records 0,99,SYTXXX,Title,sample,100,
fault "group of no record" groups.csv domain,record,group,at,stride,count,origin 0,99,part,24,4,2,test
fault "group at no field" groups.csv domain,record,group,at,stride,count,origin 0,1,part,SYTSYP_NONE,4,2,test
fault "table of no record" tables.csv table,rule,records,origin SITE1,record,0/99,test
fault "column that refers to nothing" tables.csv table,rule,records,origin,select "SITE1,record,0/1,test,SYTSYP_PFXCPUAD SYTSYP_NONE"
fault "key that refers to nothing" tables.csv table,rule,records,origin,keys SITE1,record,0/1,test,SITEKEY=SYTSYP_NONE
fault "rows of no group" tables.csv table,rule,records,origin,rows SITE1,record,0/1,test,part
fault "unknown rule" tables.csv table,rule,records,origin SITE1,golden,0/1,test
fault "table twice" tables.csv table,rule,records,origin SITE1,record,0/1,test SITE1,record,0/2,test
fault "table without origin" tables.csv table,rule,records,origin SITE1,record,0/1,
fault "table without records" tables.csv table,rule,records,origin SITE1,record,,test
echo "# no folder"
run reduce --schema nowhere x.mon
run census --schema x.mon x.mon
ls
